using FlowGpt.ApiFrontend;

namespace FlowGpt.Tests.Unit.ApiFrontend;

public sealed class FrontendOptionsValidatorTests
{
    [Fact]
    public void Validate_Defaults_LackOnlyTheKeys()
    {
        var problems = Problems(new FrontendOptions());

        Assert.Equal(2, problems.Length);
        Assert.Contains("FlowGpt:Frontend:MasterKey is not set", problems[0], StringComparison.Ordinal);
        Assert.Contains("FlowGpt:Frontend:AdminKey is not set", problems[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_Keys_Pass() => Assert.Empty(Problems(Good()));

    [Fact]
    public void Validate_ManyProblems_ListsThemAllAndNoKey()
    {
        var options = Good();
        options.MasterKey = "short";
        options.AdminKey = "with space 0123456789";
        options.MaxRequestBodyBytes = 10;
        options.RequestTimeout = TimeSpan.Zero;
        options.StreamLinger = TimeSpan.FromMilliseconds(21);
        options.HeartbeatInterval = TimeSpan.FromMilliseconds(10);
        options.ModelCacheFor = TimeSpan.FromHours(1);
        options.StartWithin = TimeSpan.Zero;
        options.LostAfter = TimeSpan.FromHours(1);
        options.DrainTimeout = TimeSpan.FromMinutes(2);
        options.CorsOrigins = "https://good.example;nonsense;https://slash.example/";

        var problems = Problems(options);

        Assert.Equal(12, problems.Length);
        Assert.All(problems, problem => Assert.StartsWith("FlowGpt:Frontend:", problem, StringComparison.Ordinal));
        Assert.DoesNotContain(problems, problem => problem.Contains("short", StringComparison.Ordinal));
        Assert.DoesNotContain(problems, problem => problem.Contains("0123456789", StringComparison.Ordinal));
    }

    [Fact]
    public void Validate_SameKeys_IsRefused()
    {
        var options = Good();
        options.AdminKey = options.MasterKey;

        Assert.Contains("same as MasterKey", Assert.Single(Problems(options)), StringComparison.Ordinal);
    }

    private static FrontendOptions Good() => new() { MasterKey = "sk-0123456789abcdef", AdminKey = "sk-fedcba9876543210" };

    private static string[] Problems(FrontendOptions options) => [.. new FrontendOptionsValidator().Validate(null, options).Failures ?? []];
}
