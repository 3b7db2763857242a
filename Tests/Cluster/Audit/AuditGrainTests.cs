using FlowGpt.Grains.Audit;
using FlowGpt.Grains.Interfaces.Audit;
using FlowGpt.Tests.Cluster.Usage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans.Storage;
using Orleans.TestingHost;

namespace FlowGpt.Tests.Cluster.Audit;

/// <summary>One part of the audit log over a storage that can fail.</summary>
public sealed class AuditGrainTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly FaultyStorage _storage = new();
    private InProcessTestCluster _cluster = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo(
            (_, silo) =>
            {
                silo.UseInMemoryReminderService();
                silo.Services.AddKeyedSingleton<IGrainStorage>("Default", _storage);
                silo.Services.AddSingleton<IGrainStorage>(_storage);
                silo.Services.AddSingleton<TimeProvider>(_time);
                silo.Services.AddAudit();
            }
        );
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    [Theory]
    [InlineData(StorageFault.BeforeCommit, 0)]
    [InlineData(StorageFault.AfterCommit, 1)]
    public async Task Begin_StorageFails_ThrowsAndTheNextActivationTellsWhatIsStored(StorageFault fault, int stored)
    {
        var part = Part(0);
        _storage.NextWrite = fault;

        await Assert.ThrowsAnyAsync<Exception>(async () => await part.Begin(new()));

        await Soon.Becomes(async () => (await part.Read()).Entries.Length, length => length == stored, "what is stored is read");
        Assert.Equal(stored, await part.Begin(new()));
    }

    [Fact]
    public async Task End_OfAnEntry_IsKept()
    {
        var part = Part(1);
        Assert.Equal((0, 1), (await part.Begin(new() { Who = "a" }), await part.Begin(new() { Who = "b" })));

        await part.End(1, 201);
        await part.End(7, 500);

        Assert.Equal(["0 a ", "1 b 201"], (await part.Read()).Entries.Select(entry => $"{entry.Id[^1]} {entry.Who} {entry.Status}"));
    }

    [Fact]
    public async Task Begin_FullPart_IsRefused()
    {
        var part = Part(2);
        for (var i = 0; i < IAuditGrain.Capacity; i++)
        {
            Assert.Equal(i, await part.Begin(new()));
        }

        Assert.Null(await part.Begin(new()));
        Assert.True((await part.Read()).IsFull);
    }

    [Theory]
    [InlineData("2020-01-01/0", 0, 1)]
    [InlineData("2020-01-01/1", 21, 0)]
    [InlineData("2999-01-01/0", 21, 1)]
    public async Task Expiry_DeletesAPartWhoseTimeIsOverByTwoReadings(string key, double hoursBetween, int left)
    {
        var part = _cluster.Client.GetGrain<IAuditGrain>(key);
        await part.Begin(new());

        await part.AsReference<IRemindable>().ReceiveReminder("expiry", default);
        _time.Advance(TimeSpan.FromHours(hoursBetween));
        await part.AsReference<IRemindable>().ReceiveReminder("expiry", default);

        Assert.Equal(left, (await part.Read()).Entries.Length);
    }

    private IAuditGrain Part(int part) => _cluster.Client.GetGrain<IAuditGrain>(IAuditGrain.KeyOf(new DateOnly(2999, 1, 2), part));
}
