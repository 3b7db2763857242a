using System.Diagnostics;
using FlowGpt.Tests.Unit.Packaging;
using Microsoft.Extensions.Configuration;

namespace FlowGpt.Tests.Process.Containers;

/// <summary>
/// The shipped images and the shipped compose file in a real container engine, by <c>eng/containers.sh</c>: built by the Dockerfile, all healthy, not root and read-only, chat through
/// nginx, each API process and each silo restarted under load with no request failed, <c>down</c> and <c>up</c> with the data kept. Base images that no registry is asked for are
/// stand-ins made of this machine's programs. Building both images takes many minutes, so the test runs only where an environment variable asks for it.
/// </summary>
[Trait("Category", "Process")]
public sealed class ShippedContainersTests
{
    private const string Wanted = "FLOWGPT_CONTAINER_TESTS";
    private const int CannotBeTried = 77;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(45);

    [Fact]
    public async Task Compose_BuiltAndStarted_ServesThroughRestartsAndKeepsItsData()
    {
        Assert.SkipUnless(
            new ConfigurationBuilder().AddEnvironmentVariables().Build()[Wanted] == "1",
            $"Builds two images, which takes many minutes: runs with {Wanted}=1 where Docker with Compose is (docs/operations.md)."
        );
        var start = new ProcessStartInfo("bash", [Repository.PathOf("eng/containers.sh")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["STAND_INS"] = "1";
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Longest);

        using var script = System.Diagnostics.Process.Start(start)!;
        var output = script.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = script.StandardError.ReadToEndAsync(deadline.Token);
        try
        {
            await script.WaitForExitAsync(deadline.Token);
        }
        finally
        {
            if (!script.HasExited)
            {
                script.Kill(entireProcessTree: true);
            }
        }

        Assert.SkipWhen(script.ExitCode == CannotBeTried, await errors);
        Assert.True(script.ExitCode == 0, await output + await errors);
    }
}
