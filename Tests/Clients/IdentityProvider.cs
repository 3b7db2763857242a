using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using FlowGpt.Tests.Process;

namespace FlowGpt.Tests.Clients;

/// <summary>A real OpenID Connect provider in its own process.</summary>
internal sealed class IdentityProvider : IAsyncDisposable
{
    public const string ClientSecret = "a-secret-of-this-test";

    private readonly System.Diagnostics.Process _process;

    private IdentityProvider(System.Diagnostics.Process process, string issuer)
    {
        _process = process;
        Issuer = issuer;
    }

    /// <summary>The provider's address.</summary>
    public string Issuer { get; }

    /// <summary>Starts the provider; without Node or the package the running test is reported as skipped.</summary>
    /// <param name="persons">The persons' ids, names and groups, as JSON.</param>
    public static async Task<IdentityProvider> StartAsync(string persons)
    {
        var directory = await NodePackages.DirectoryOrSkipAsync();
        var start = new ProcessStartInfo(ExternalProgram.Node.PathOrSkip(), ["identity.mjs"])
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["PERSONS"] = persons, ["CLIENT_SECRET"] = ClientSecret },
        };
        var process = System.Diagnostics.Process.Start(start)!;
        var first = JsonNode.Parse(await ReadLineAsync(process))!;
        return new(process, (string)first["issuer"]!);
    }

    /// <summary>Sets the addresses to which the provider may send browsers back; the provider answers requests once this returns.</summary>
    public async Task AllowAsync(params string[] redirects)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(redirects));
        await _process.StandardInput.FlushAsync();
        await ReadLineAsync(_process);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await Soon.Happens(_process.WaitForExitAsync(CancellationToken.None), "the identity provider ends with its input");
        }
        finally
        {
            if (!_process.HasExited)
            {
                _process.Kill();
            }

            _process.Dispose();
        }
    }

    /// <summary>The next line that is JSON: the provider writes warnings too.</summary>
    private static async Task<string> ReadLineAsync(System.Diagnostics.Process process)
    {
        while (true)
        {
            var line = await Soon.Happens(process.StandardOutput.ReadLineAsync(), "the identity provider says where it is");
            Assert.NotNull(line);
            if (line.StartsWith('{'))
            {
                return line;
            }
        }
    }
}
