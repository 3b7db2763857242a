using FlowGpt.ApiFrontend.Health;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FlowGpt.Tests.Unit.ApiFrontend.Health;

public sealed class HealthProbeTests
{
    [Theory]
    [InlineData("--health", "http://localhost:1/health/ready", true)]
    [InlineData("--health", null, true)]
    [InlineData("--urls", "http://localhost:1", false)]
    public void IsAskedFor_CommandLine_IsTheVerbInFront(string first, string? second, bool expected) =>
        Assert.Equal(expected, HealthProbe.IsAskedFor(second is null ? [first] : [first, second]));

    [Fact]
    public void IsAskedFor_NoArguments_IsFalse() => Assert.False(HealthProbe.IsAskedFor([]));

    [Theory]
    [InlineData(200, 0, "")]
    [InlineData(204, 0, "")]
    [InlineData(302, 1, "302")]
    [InlineData(503, 1, "503 why not")]
    public async Task RunAsync_Answer_GivesTheExitCode(int status, int expected, string said)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.Run(context =>
        {
            context.Response.StatusCode = status;
            return status == 503 ? context.Response.WriteAsync("why not") : Task.CompletedTask;
        });
        await app.StartAsync();
        using var errors = new StringWriter();

        var code = await HealthProbe.RunAsync(["--health", $"{app.Urls.First()}/health/ready"], errors);

        Assert.Equal(expected, code);
        Assert.Contains(said, errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_NobodyListens_IsUnwell()
    {
        using var errors = new StringWriter();

        Assert.Equal(1, await HealthProbe.RunAsync(["--health", "http://127.0.0.1:9/health/ready"], errors));
        Assert.Contains("127.0.0.1:9", errors.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not an address")]
    [InlineData("ftp://localhost/")]
    [InlineData(null)]
    public async Task RunAsync_NoAddress_SaysHowToUseIt(string? address)
    {
        using var errors = new StringWriter();

        Assert.Equal(2, await HealthProbe.RunAsync(address is null ? ["--health"] : ["--health", address], errors));
        Assert.Contains("--health http://localhost:8080/health/ready", errors.ToString(), StringComparison.Ordinal);
    }
}
