using System.Diagnostics;
using FlowGpt.Tests.Unit.Packaging;

namespace FlowGpt.Tests.Process.Containers;

/// <summary>The Helm chart, checked by <c>helm lint</c>.</summary>
[Trait("Category", "Process")]
public sealed class HelmLintTests
{
    [Fact]
    public async Task Chart_IsFoundRightByHelm()
    {
        var start = new ProcessStartInfo(ExternalProgram.Helm.PathOrSkip(), ["lint", "--strict", Repository.PathOf("deploy/helm/flowgpt")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        using var helm = System.Diagnostics.Process.Start(start)!;
        var output = helm.StandardOutput.ReadToEndAsync(TestDeadline.Token);
        var errors = helm.StandardError.ReadToEndAsync(TestDeadline.Token);
        await helm.WaitForExitAsync(TestDeadline.Token);

        Assert.True(helm.ExitCode == 0, await output + await errors);
    }
}
