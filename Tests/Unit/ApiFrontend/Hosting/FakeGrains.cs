using System.Collections.Concurrent;
using System.Reflection;
using FlowGpt.Grains.Interfaces.Accounts;
using FlowGpt.Grains.Interfaces.Addresses;
using FlowGpt.Grains.Interfaces.Audit;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Feed;
using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Interfaces.Members;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Tests.Unit.ApiFrontend.Hosting;

/// <summary>In place of the cluster: gives the grains that a test prepares.</summary>
internal sealed class FakeGrains
{
    private readonly ConcurrentDictionary<string, ScriptedConversation> _conversations = new();
    private readonly TimeProvider _time;

    public FakeGrains(TimeProvider time)
    {
        _time = time;
        Factory = DispatchProxy.Create<IGrainFactory, FactoryProxy>();
        ((FactoryProxy)Factory).Grains = this;
    }

    public IGrainFactory Factory { get; }

    public FakeCatalog Catalog { get; } = new();

    public FakePool Pool { get; } = new();

    public FakeAddressKeys AddressKeys { get; } = new();

    /// <summary>Client keys by id; other keys are unknown.</summary>
    public ConcurrentDictionary<string, FakeApiKey> Keys { get; } = new();

    public FakeAccountRegistry Registry { get; } = new();

    public FakeFeed Feed { get; } = new();

    public FakeConversationSums Sums { get; } = new();

    public FakeStoredBytes StoredBytes { get; } = new();

    /// <summary>Persons by their grain's key.</summary>
    public ConcurrentDictionary<string, FakeMember> Members { get; } = new();

    /// <summary>Parts of the audit log by key; they are shared by all frontends of the test.</summary>
    public ConcurrentDictionary<string, FakeAudit> Audit { get; } = new();

    /// <summary>Prepares the n-th conversation (from 0) before it is first asked for.</summary>
    public Action<ScriptedConversation, int> OnConversation { get; set; } = (_, _) => { };

    /// <summary>Conversations in the order in which they were first asked for.</summary>
    public List<ScriptedConversation> Conversations { get; } = [];

    private object Get(Type grainInterface, string key) =>
        grainInterface == typeof(IConversationGrain) || grainInterface == typeof(ITurnHostGrain) ? _conversations.GetOrAdd(key, Create)
        : grainInterface == typeof(IModelCatalogGrain) ? Catalog
        : grainInterface == typeof(IAddressKeyGrain) ? AddressKeys
        : grainInterface == typeof(ITokenPoolGrain) ? Pool
        : grainInterface == typeof(IAccountRegistryGrain) ? Registry
        : grainInterface == typeof(IApiKeyGrain) ? Keys.GetOrAdd(key, static _ => new FakeApiKey())
        : grainInterface == typeof(IFeedGrain) ? Feed
        : grainInterface == typeof(IConversationSumsGrain) ? Sums
        : grainInterface == typeof(IStoredBytesGrain) ? StoredBytes
        : grainInterface == typeof(IMemberGrain) ? Members.GetOrAdd(key, static _ => new FakeMember())
        : grainInterface == typeof(IApiKeyDirectoryGrain) ? new FakeKeyDirectory(Keys)
        : grainInterface == typeof(IAuditGrain) ? Audit.GetOrAdd(key, static key => new FakeAudit(key))
        : throw new NotSupportedException(grainInterface.Name);

    private ScriptedConversation Create(string key)
    {
        var conversation = new ScriptedConversation(key, _time);
        lock (Conversations)
        {
            OnConversation(conversation, Conversations.Count);
            Conversations.Add(conversation);
        }

        return conversation;
    }

    public class FactoryProxy : DispatchProxy
    {
        internal FakeGrains Grains { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod is { Name: nameof(IGrainFactory.GetGrain), IsGenericMethod: true } && args is [string key, ..]
                ? Grains.Get(targetMethod.GetGenericArguments()[0], key)
                : throw new NotSupportedException(targetMethod?.ToString());
    }
}
