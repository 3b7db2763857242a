using System.Text.Json.Nodes;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Hosting;
using FlowGpt.Tests.Cluster.Storage;

namespace FlowGpt.Tests.Process.Embedded;

/// <summary>An orderly stop with a stream in flight.</summary>
[Trait("Category", "Process")]
public sealed class GracefulStopTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private SimulatorHost _simulator = null!;

    public async ValueTask InitializeAsync() =>
        _simulator = await SimulatorHost.StartAsync(
            new SimulatorOptions
            {
                Behaviour = new BehaviourSettings { TokenDelay = TimeSpan.FromMilliseconds(100), ReplyTokens = 30 },
            },
            TestContext.Current.CancellationToken
        );

    public async ValueTask DisposeAsync()
    {
        await _simulator.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Stop_StreamInFlight_LetsItEndAndExitsWithZero()
    {
        await using var silo = await StartAsync("00:00:50");
        using var stream = await OpenStreamAsync(silo);

        var exit = silo.Host.StopAsync();
        var rest = await stream.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.Contains("data: [DONE]", rest, StringComparison.Ordinal);
        Assert.Equal(0, await exit);
    }

    [Fact]
    public async Task Stop_StreamLongerThanTheDrain_IsEndedHonestlyAndExitsWithZero()
    {
        await using var silo = await StartAsync("00:00:00.5");
        using var stream = await OpenStreamAsync(silo);

        var exit = silo.Host.StopAsync();
        var rest = await ReadUntilCutAsync(stream);

        Assert.Contains("\"error\"", rest, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", rest, StringComparison.Ordinal);
        Assert.DoesNotContain("\"finish_reason\":\"stop\"", rest, StringComparison.Ordinal);
        Assert.Equal(0, await exit);
    }

    private async Task<SiloProcess> StartAsync(string drain)
    {
        var accounts = new JsonObject
        {
            ["accounts"] = new JsonArray(new JsonObject { ["name"] = "a1", ["bearerToken"] = _simulator.IssueToken("a1") }),
        };
        await File.WriteAllTextAsync(_directory.File("accounts.json"), accounts.ToJsonString());
        var silo = await SiloProcess.StartAsync(
            _directory,
            new Dictionary<string, string>
            {
                ["FLOWGPT_ACCOUNTS_FILE"] = _directory.File("accounts.json"),
                ["FLOWGPT_BASE_URL"] = _simulator.Address.ToString(),
                ["FlowGpt__Conversations__DrainTimeout"] = drain,
            }
        );
        return silo.UseGeneratedKey(_directory);
    }

    // Returns once the first text is there, so that a stream is in flight at the stop.
    private static async Task<StreamReader> OpenStreamAsync(SiloProcess silo)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions");
        request.Content = new StringContent(
            """{"model":"gpt-4-free","stream":true,"messages":[{"role":"user","content":"Tell me something long"}]}""",
            System.Text.Encoding.UTF8,
            "application/json"
        );
        var response = await silo.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)response.StatusCode);
        var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Contains("\"content\":\"", StringComparison.Ordinal) && !line.Contains("\"content\":\"\"", StringComparison.Ordinal))
            {
                return reader;
            }
        }

        throw new InvalidOperationException("The stream ended without text.");
    }

    private static async Task<string> ReadUntilCutAsync(StreamReader stream)
    {
        var text = new System.Text.StringBuilder();
        try
        {
            while (await stream.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            {
                text.AppendLine(line);
            }
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            // The body is cut off after the error event.
        }

        return text.ToString();
    }
}
