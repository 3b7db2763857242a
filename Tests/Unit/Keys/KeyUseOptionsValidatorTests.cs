using FlowGpt.Grains.Keys;

namespace FlowGpt.Tests.Unit.Keys;

public sealed class KeyUseOptionsValidatorTests
{
    [Fact]
    public void Validate_Defaults_Pass() => Assert.True(Validate(new KeyUseOptions()).Succeeded);

    [Fact]
    public void Validate_ManyProblems_ListsThemAllByTheirKey()
    {
        var options = new KeyUseOptions
        {
            SettleGrace = TimeSpan.Zero,
            ReserveSpan = TimeSpan.Zero,
            ReserveValidity = TimeSpan.FromDays(1),
            ClockMargin = double.NaN,
        };

        var problems = Validate(options).Failures!.ToArray();

        Assert.Equal(4, problems.Length);
        Assert.All(problems, problem => Assert.StartsWith("FlowGpt:KeyUse:", problem, StringComparison.Ordinal));
    }

    private static Microsoft.Extensions.Options.ValidateOptionsResult Validate(KeyUseOptions options) =>
        new KeyUseOptionsValidator().Validate(null, options);
}
