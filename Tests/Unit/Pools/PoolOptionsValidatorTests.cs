using FlowGpt.Grains.Pools;

namespace FlowGpt.Tests.Unit.Pools;

public sealed class PoolOptionsValidatorTests
{
    [Fact]
    public void Validate_Defaults_AreValid() => Assert.True(new PoolOptionsValidator().Validate(null, new()).Succeeded);

    [Fact]
    public void Validate_EveryProblem_IsListedByItsKey()
    {
        var options = new PoolOptions
        {
            QueueLength = 0,
            BreakerAccounts = 1,
            ClockMargin = double.NaN,
            LeaseTtl = TimeSpan.FromSeconds(1),
            RateLimitMaxCoolDown = TimeSpan.FromMilliseconds(10),
        };

        var failures = new PoolOptionsValidator().Validate(null, options).Failures!;

        Assert.Equal(
            ["QueueLength", "BreakerAccounts", "ClockMargin", "LeaseTtl", "RateLimitMaxCoolDown"],
            failures.Select(failure => failure.Split(' ')[0].Replace("FlowGpt:Pool:", "", StringComparison.Ordinal))
        );
    }
}
