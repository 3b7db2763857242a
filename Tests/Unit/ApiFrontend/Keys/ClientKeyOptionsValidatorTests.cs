using FlowGpt.ApiFrontend.Keys;

namespace FlowGpt.Tests.Unit.ApiFrontend.Keys;

public sealed class ClientKeyOptionsValidatorTests
{
    [Fact]
    public void Validate_Defaults_Pass() => Assert.True(Validate(new ClientKeyOptions()).Succeeded);

    [Fact]
    public void Validate_ManyProblems_ListsThemAllByTheirKey()
    {
        var options = new ClientKeyOptions
        {
            CacheFor = TimeSpan.FromSeconds(1.001),
            LookupTimeout = TimeSpan.Zero,
            MaxRemembered = 1,
            FreeWrongKeys = -1,
            WrongKeyPause = TimeSpan.FromHours(1),
        };

        var problems = Validate(options).Failures!.ToArray();

        Assert.Equal(5, problems.Length);
        Assert.All(problems, problem => Assert.StartsWith("FlowGpt:ClientKeys:", problem, StringComparison.Ordinal));
    }

    private static Microsoft.Extensions.Options.ValidateOptionsResult Validate(ClientKeyOptions options) =>
        new ClientKeyOptionsValidator().Validate(null, options);
}
