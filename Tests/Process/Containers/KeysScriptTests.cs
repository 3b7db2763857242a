using System.Diagnostics;
using FlowGpt.ApiFrontend;
using FlowGpt.ApiFrontend.Configuration;
using FlowGpt.Tests.Unit.Packaging;
using Microsoft.Extensions.Configuration;

namespace FlowGpt.Tests.Process.Containers;

/// <summary>The script of the compose file that makes the keys, run as the container runs it.</summary>
[Trait("Category", "Process")]
public sealed class KeysScriptTests : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("fgc-keys-");

    [Fact]
    public async Task Script_FirstStart_MakesTwoKeysThatTheProductTakes()
    {
        await RunAsync();

        var configuration = new ConfigurationManager();
        var problems = new List<string>();
        configuration.AddProductConfiguration(_data.FullName, problems);
        var options = configuration.GetSection(FrontendOptions.Section).Get<FrontendOptions>()!;

        Assert.Empty(problems);
        Assert.True(new FrontendOptionsValidator().Validate(null, options).Succeeded);
        Assert.NotEqual(options.MasterKey, options.AdminKey);
        Assert.Matches("^sk-fgc-[0-9a-f]{48}$", options.MasterKey);
        Assert.Matches("^sk-fgc-[0-9a-f]{48}$", options.AdminKey);
    }

    [Fact]
    public async Task Script_SecondStart_KeepsTheKeys()
    {
        await RunAsync();
        var first = await File.ReadAllTextAsync(Path.Combine(_data.FullName, ".env"));
        await RunAsync();

        Assert.Equal(first, await File.ReadAllTextAsync(Path.Combine(_data.FullName, ".env")));
    }

    public void Dispose() => _data.Delete(recursive: true);

    private async Task RunAsync()
    {
        var service = YamlFile.ReadOne("docker-compose.yml").At("services", "keys");
        var script = Assert
            .Single(service["command"].Texts)
            .Replace("$$", "$", StringComparison.Ordinal)
            .Replace("/data/", _data.FullName + "/", StringComparison.Ordinal);
        var start = new ProcessStartInfo(service["entrypoint"].Texts[0]) { ArgumentList = { service["entrypoint"].Texts[1], script } };
        using var process = System.Diagnostics.Process.Start(start)!;
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, process.ExitCode);
    }
}
