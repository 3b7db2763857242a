using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Net;
using FlowGpt.Grains.Isolation;
using FlowGpt.Grains.Timing;
using FlowGpt.Grains.Turns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FlowGpt.Tests.Unit.Isolation;

/// <summary>Which silos the watch asks, and what it concludes from the answers.</summary>
public sealed class ContactWatchTests : IDisposable, ITableProbe, IPeerProbe, IClusterMembershipService, ILocalSiloDetails
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(0.5);
    private static readonly SiloAddress Own = Address(1);
    private static readonly SiloAddress Other = Address(2);

    private readonly FakeTimeProvider _time = new();
    private readonly SiloContact _contact;
    private readonly ResponseRegistry _responses;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ContactWatch _watch;
    private SiloStatus _status = SiloStatus.Active;
    private bool _otherIsThere = true;
    private TableState? _table = TableState.Alive;
    private PeerState _peer = PeerState.TakesForAlive;
    private int _peersAsked;

    public ContactWatchTests()
    {
        _contact = new SiloContact(_time);
        _responses = new ResponseRegistry(Options.Create(new TurnOptions()), _time, NullLogger<ResponseRegistry>.Instance);
        _watch = new ContactWatch(
            _contact,
            this,
            this,
            this,
            this,
            _responses,
            new IsolationInstruments(_services.GetRequiredService<IMeterFactory>()),
            new ClusterTiming(),
            _time,
            NullLogger<ContactWatch>.Instance
        );
    }

    SiloAddress ILocalSiloDetails.SiloAddress => Own;

    SiloAddress ILocalSiloDetails.GatewayAddress => Own;

    string ILocalSiloDetails.Name => "own";

    string ILocalSiloDetails.ClusterId => "test";

    string ILocalSiloDetails.DnsHostName => "localhost";

    ClusterMembershipSnapshot IClusterMembershipService.CurrentSnapshot
    {
        get
        {
            var members = ImmutableDictionary<SiloAddress, ClusterMember>.Empty.Add(Own, new ClusterMember(Own, _status, "own"));
            members = _otherIsThere ? members.Add(Other, new ClusterMember(Other, SiloStatus.Active, "other")) : members;
            return new ClusterMembershipSnapshot(members, new MembershipVersion(1));
        }
    }

    IAsyncEnumerable<ClusterMembershipSnapshot> IClusterMembershipService.MembershipUpdates => throw new NotSupportedException();

    public void Dispose()
    {
        _watch.Dispose();
        _responses.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task Look_WhileTheTableAnswers_AsksNobodyElse()
    {
        await RunAsync(TimeSpan.FromMinutes(1));

        Assert.False(_contact.IsLost);
        Assert.Equal(0, _peersAsked);
    }

    [Fact]
    public async Task Look_WhileTheTableIsSilent_AsksTheOthersAndTheirWordIsEnough()
    {
        _table = null;

        await RunAsync(TimeSpan.FromMinutes(1));

        Assert.False(_contact.IsLost);
        Assert.True(_peersAsked > 0);
    }

    [Fact]
    public async Task Look_OnceAllAreSilent_ContactIsLostUntilTheTableAnswers()
    {
        await RunAsync(TimeSpan.FromMinutes(1));
        (_table, _peer) = (null, PeerState.Silent);

        await RunAsync(TimeSpan.FromSeconds(2));
        Assert.False(_contact.IsLost);
        await RunAsync(TimeSpan.FromSeconds(2));
        Assert.True(_contact.IsLost);

        _table = TableState.Alive;
        await RunAsync(Period);
        Assert.False(_contact.IsLost);
    }

    [Fact]
    public async Task Look_OfTheOnlySilo_NeverLosesContact()
    {
        (_table, _otherIsThere) = (null, false);

        await RunAsync(TimeSpan.FromMinutes(1));

        Assert.False(_contact.IsLost);
    }

    [Fact]
    public async Task Look_BeforeTheSiloHasJoined_JudgesNothing()
    {
        (_status, _table, _peer) = (SiloStatus.Joining, null, PeerState.Silent);

        await RunAsync(TimeSpan.FromMinutes(1));

        Assert.False(_contact.IsLost);
    }

    [Theory]
    [InlineData(TableState.Dead, (int)PeerState.TakesForAlive, SiloStatus.Active)]
    [InlineData(null, (int)PeerState.TakesForDead, SiloStatus.Active)]
    [InlineData(TableState.Alive, (int)PeerState.TakesForAlive, SiloStatus.Dead)]
    public async Task Look_OnceTheSiloIsKnownToBeDead_ContactIsLostForGood(TableState? table, int peer, SiloStatus own)
    {
        (_table, _peer, _status) = (table, (PeerState)peer, own);
        await RunAsync(4 * Period);
        Assert.True(_contact.IsLost);

        (_table, _peer, _status) = (TableState.Alive, PeerState.TakesForAlive, SiloStatus.Active);
        await RunAsync(TimeSpan.FromMinutes(1));
        Assert.True(_contact.IsLost);
    }

    Task<TableState> ITableProbe.Ask() =>
        _table is { } state ? Task.FromResult(state) : Task.FromException<TableState>(new TimeoutException("The store is silent."));

    Task<PeerState> IPeerProbe.Ask(SiloAddress silo, TimeSpan within)
    {
        Assert.Equal(Other, silo);
        _peersAsked++;
        return Task.FromResult(_peer);
    }

    ValueTask IClusterMembershipService.Refresh(MembershipVersion minimumVersion, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    Task<bool> IClusterMembershipService.TryKill(SiloAddress siloAddress) => throw new NotSupportedException();

    private async Task RunAsync(TimeSpan time)
    {
        for (var run = TimeSpan.Zero; run < time; run += Period)
        {
            _time.Advance(Period);
            await _watch.Look();
        }
    }

    private static SiloAddress Address(int number) => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 11110 + number), number);
}
