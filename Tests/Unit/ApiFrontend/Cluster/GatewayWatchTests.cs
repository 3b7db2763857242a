using FlowGpt.ApiFrontend.Calls;
using FlowGpt.ApiFrontend.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans.Messaging;

namespace FlowGpt.Tests.Unit.ApiFrontend.Cluster;

public sealed class GatewayWatchTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SiloLosses _losses = new();
    private readonly FakeList _list = new();
    private readonly GatewayWatch _watch;

    public GatewayWatchTests()
    {
        var services = new ServiceCollection().AddSingleton(_losses).BuildServiceProvider();
        _watch = new GatewayWatch(_list, services, _time);
    }

    [Fact]
    public async Task GetGateways_SilosComeOrStay_IsNoLoss()
    {
        var loss = _losses.Next;
        await ReadAsync("a:1/1");
        await ReadAsync("a:1/1", "b:1/1");
        await ReadAsync("b:1/1", "a:1/1");

        Assert.False(loss.IsCancellationRequested);
    }

    [Theory]
    [InlineData("b:1/1")]
    [InlineData("b:1/1", "a:1/2")]
    [InlineData]
    public async Task GetGateways_OneIsGone_IsALossOnceTheClientKnows(params string[] then)
    {
        await ReadAsync("a:1/1", "b:1/1");
        var loss = _losses.Next;

        _list.Silos = then;
        await _watch.GetGatewaysAsync(TestContext.Current.CancellationToken);

        Assert.False(loss.IsCancellationRequested);
        _time.Advance(GatewayWatch.TakenInWithin);
        await Soon(loss);
        var next = _losses.Next;
        await ReadAsync(then);
        Assert.False(next.IsCancellationRequested);
    }

    private async Task ReadAsync(params string[] silos)
    {
        _list.Silos = silos;
        var read = await _watch.GetGatewaysAsync(TestContext.Current.CancellationToken);
        Assert.Equal(silos.Length, read.Count);
        _time.Advance(GatewayWatch.TakenInWithin);
    }

    private static async Task Soon(CancellationToken loss)
    {
        var lost = new TaskCompletionSource();
        await using var registration = loss.Register(lost.SetResult);
        await lost.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    private sealed class FakeList : IGatewayListProvider
    {
        public string[] Silos { get; set; } = [];

        public TimeSpan MaxStaleness => TimeSpan.FromSeconds(1);

        [Obsolete("As in the interface.")]
        public bool IsUpdatable => true;

        public Task InitializeGatewayListProvider() => Task.CompletedTask;

        public Task<IList<Uri>> GetGateways() =>
            Task.FromResult<IList<Uri>>([.. Silos.Select(static silo => new Uri("gwy.tcp://" + silo))]);
    }
}
