using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using FlowGpt.Tests.Unit.Packaging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace FlowGpt.Tests.Process.Containers;

/// <summary>The command that pins images by their digests, with a stand-in for every registry.</summary>
[Trait("Category", "Process")]
public sealed partial class PinImagesTests : IAsyncLifetime
{
    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("fgc-pin-");
    private readonly ConcurrentDictionary<string, string> _digests = new();
    private WebApplication _registry = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _registry = builder.Build();
        _registry.Map("/v2/{**path}", Manifest);
        _registry.MapGet(
            "/token",
            static context => context.Response.WriteAsync($$"""{"token":"for-{{context.Request.Query["scope"]}}"}""")
        );
        await _registry.StartAsync();
        foreach (var file in Shipped)
        {
            File.Copy(Path.Combine(Repository.Root, file), Path.Combine(_files.FullName, Path.GetFileName(file)));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _registry.DisposeAsync();
        _files.Delete(recursive: true);
    }

    private static string[] Shipped { get; } =
    ["docker-compose.yml", "deploy/Dockerfile", "deploy/kubernetes/redis.yaml", "deploy/helm/flowgpt/values.yaml"];

    [Fact]
    public async Task Pin_TheShippedFiles_GivesEveryForeignImageItsDigestAndNothingElseChanges()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A script for bash.");

        var checkedBefore = await RunAsync("--check");
        var pinned = await RunAsync();
        var again = await RunAsync();
        var checkedAfter = await RunAsync("--check");

        Assert.Equal((1, 0, 0, 0), (checkedBefore.Exit, pinned.Exit, again.Exit, checkedAfter.Exit));
        Assert.Equal("", again.Output);
        foreach (var file in Shipped)
        {
            var before = await File.ReadAllTextAsync(Path.Combine(Repository.Root, file));
            var after = await File.ReadAllTextAsync(Path.Combine(_files.FullName, Path.GetFileName(file)));
            Assert.Equal(DigestPattern().Replace(before, ""), DigestPattern().Replace(after, ""));
            Assert.Matches(DigestPattern(), after);
        }

        var compose = await File.ReadAllTextAsync(Path.Combine(_files.FullName, "docker-compose.yml"));
        Assert.Matches($"image: redis:[^@ ]+@{Regex.Escape(_digests["library/redis"])}", compose);
        Assert.Matches($"image: prom/prometheus:[^@ ]+@{Regex.Escape(_digests["prom/prometheus"])}", compose);
        Assert.DoesNotMatch("flowgpt-(api|silo):[^@ ]+@", compose);
        Assert.Matches(
            $"FROM mcr.microsoft.com/dotnet/aspnet:[^@ ]+@{Regex.Escape(_digests["dotnet/aspnet"])} AS runtime",
            await DockerfileAsync()
        );
    }

    [Fact]
    public async Task Pin_AnImageThatTheRegistryDoesNotHave_FailsAndNamesTheImage()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A script for bash.");
        var file = Path.Combine(_files.FullName, "gone.yaml");
        await File.WriteAllTextAsync(file, "image: gone:1.0\n");

        var answer = await RunAsync(files: file);

        Assert.Equal(1, answer.Exit);
        Assert.Contains("gone:1.0", answer.Output, StringComparison.Ordinal);
        Assert.Equal("image: gone:1.0\n", await File.ReadAllTextAsync(file));
    }

    [Fact]
    public void ShippedImages_HaveExactTags()
    {
        foreach (var file in Shipped)
        {
            foreach (Match image in ImagePattern().Matches(File.ReadAllText(Path.Combine(Repository.Root, file))))
            {
                Assert.Matches(@":v?\d+\.\d+(\.\d+)?", image.Groups["image"].Value);
                Assert.DoesNotContain("latest", image.Value, StringComparison.Ordinal);
            }
        }
    }

    private Task<string> DockerfileAsync() => File.ReadAllTextAsync(Path.Combine(_files.FullName, "Dockerfile"));

    /// <summary>Every second repository asks for a token, as public registries do.</summary>
    private async Task Manifest(HttpContext context)
    {
        var path = (string)context.GetRouteValue("path")!;
        var name = path[..path.IndexOf("/manifests/", StringComparison.Ordinal)];
        if (name.Contains("gone", StringComparison.Ordinal))
        {
            context.Response.StatusCode = 404;
            return;
        }

        if (name.Contains('r', StringComparison.Ordinal) && context.Request.Headers.Authorization != $"Bearer for-repository:{name}:pull")
        {
            context.Response.StatusCode = 401;
            context.Response.Headers.WWWAuthenticate = $"Bearer realm=\"http://{context.Request.Host}/token\",service=\"stand-in\"";
            return;
        }

        var hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(path));
        context.Response.Headers["Docker-Content-Digest"] = _digests[name] = $"sha256:{Convert.ToHexStringLower(hash)}";
        await context.Response.CompleteAsync();
    }

    private async Task<(int Exit, string Output)> RunAsync(string? option = null, string? files = null)
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(Repository.Root, "eng", "pin-images.sh"));
        if (option is not null)
        {
            start.ArgumentList.Add(option);
        }

        start.Environment["REGISTRY"] = _registry.Urls.First();
        start.Environment["NO_PROXY"] = "*";
        start.Environment["FILES"] =
            files ?? string.Join(' ', Shipped.Select(file => Path.Combine(_files.FullName, Path.GetFileName(file))));
        using var script = System.Diagnostics.Process.Start(start)!;
        var output = script.StandardOutput.ReadToEndAsync();
        var errors = script.StandardError.ReadToEndAsync();
        await script.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Soon.Limit, TestContext.Current.CancellationToken);
        return (script.ExitCode, await output + await errors);
    }

    [GeneratedRegex("@sha256:[0-9a-f]{64}")]
    private static partial Regex DigestPattern();

    [GeneratedRegex(@"^\s*(image:|FROM( --platform=\S+)?)\s+(?<image>\S+[:@]\S+)", RegexOptions.Multiline)]
    private static partial Regex ImagePattern();
}
