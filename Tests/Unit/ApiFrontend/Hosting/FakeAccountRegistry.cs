using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Accounts;

namespace FlowGpt.Tests.Unit.ApiFrontend.Hosting;

/// <summary>A registry that records its calls and gives the test's answers.</summary>
internal sealed class FakeAccountRegistry : IAccountRegistryGrain
{
    public AccountChangeResult Answer { get; set; } = new AccountChangeResult.Done("main");

    public Exception? Failure { get; set; }

    public List<(string What, string Pool, string Name, AccountChange? Change)> Asked { get; } = [];

    public ValueTask<ImmutableArray<string>> GetPools() => new(["main"]);

    public ValueTask<AccountChangeResult> Add(string pool, string name, AccountChange account) => Note("add", pool, name, account);

    public ValueTask<AccountChangeResult> Change(string pool, string name, AccountChange change) => Note("change", pool, name, change);

    public ValueTask<AccountChangeResult> Remove(string pool, string name) => Note("remove", pool, name, null);

    private ValueTask<AccountChangeResult> Note(string what, string pool, string name, AccountChange? change)
    {
        Asked.Add((what, pool, name, change));
        return Failure is null ? new(Answer) : ValueTask.FromException<AccountChangeResult>(Failure);
    }
}
