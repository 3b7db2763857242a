using System.Reflection;
using FlowGpt.Grains.Cluster;
using FlowGpt.Grains.Isolation;
using FlowGpt.Grains.Turns;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FlowGpt.Tests.Unit.Turns;

/// <summary>Which silo takes a turn while silos stop.</summary>
public sealed class TurnAdmissionTests : IDisposable
{
    private static readonly SiloAddress Here = SiloAddress.New(System.Net.IPAddress.Loopback, 11111, 1);
    private static readonly SiloAddress Other = SiloAddress.New(System.Net.IPAddress.Loopback, 11112, 1);

    private readonly FakeTimeProvider _time = new();
    private readonly ResponseRegistry _registry;

    public TurnAdmissionTests() => _registry = new(Options.Create(new TurnOptions()), _time, NullLogger<ResponseRegistry>.Instance);

    public void Dispose() => _registry.Dispose();

    [Fact]
    public void Silo_ThatDoesNotStop_TakesTurns() => Assert.False(Admission(Here, Other).IsClosed);

    [Fact]
    public async Task SiloThatStops_WhileBothAreActive_TakesNone()
    {
        await _registry.StoppingAsync(TestContext.Current.CancellationToken);

        Assert.True(Admission(Here, Other).IsClosed);
    }

    [Fact]
    public async Task SiloThatStops_AndIsNoLongerActive_TakesNoneWhileOneOtherIs()
    {
        await _registry.StoppingAsync(TestContext.Current.CancellationToken);

        Assert.True(Admission(Other).IsClosed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SiloThatStops_AndIsTheLast_TakesWhatStillComes(bool isActive)
    {
        await _registry.StoppingAsync(TestContext.Current.CancellationToken);

        Assert.False((isActive ? Admission(Here) : Admission()).IsClosed);
    }

    [Fact]
    public void SiloThatIsDrained_TakesNoneWhileAnotherIsThere()
    {
        var drain = new SiloDrain();
        drain.Set(true);

        Assert.True(new TurnAdmission(_registry, drain, new SiloContact(_time), Silos.Of(Here, Other)).IsClosed);
    }

    private TurnAdmission Admission(params SiloAddress[] active) =>
        new(_registry, new SiloDrain(), new SiloContact(_time), Silos.Of(active));

    /// <summary>Reports active silos; no other member may be called.</summary>
    private class Silos : DispatchProxy
    {
        private Dictionary<SiloAddress, SiloStatus> _active = [];

        public static ISiloStatusOracle Of(params SiloAddress[] active)
        {
            var silos = Create<ISiloStatusOracle, Silos>();
            ((Silos)(object)silos)._active = active.ToDictionary(static silo => silo, static _ => SiloStatus.Active);
            return silos;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.Name switch
            {
                nameof(ISiloStatusOracle.GetApproximateSiloStatuses) => _active,
                "get_SiloAddress" => Here,
                _ => throw new NotSupportedException(targetMethod.Name),
            };
    }
}
