using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using FlowGpt.Tests.Cluster.Storage;

namespace FlowGpt.Tests.Process;

/// <summary>A silo as users run it, with the API, logging JSON as in a container.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private SiloProcess(ProcessHost host, Uri address)
    {
        Host = host;
        Address = address;
        Http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = address, Timeout = ProcessHost.Deadline };
    }

    public ProcessHost Host { get; }

    public Uri Address { get; }

    /// <summary>A client without a key; <see cref="UseKey"/> gives it one.</summary>
    public HttpClient Http { get; }

    /// <summary>Starts a silo on a free port and waits until it is ready.</summary>
    public static async Task<SiloProcess> StartAsync(TemporaryDirectory directory, IReadOnlyDictionary<string, string>? environment = null)
    {
        var host = Launch(directory, environment);
        try
        {
            return new SiloProcess(host, await host.WaitForOutputAsync(ReadAddress, "it was ready"));
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a silo on a free port without waiting until it is ready, for a silo that is expected not to start.</summary>
    public static ProcessHost Launch(
        TemporaryDirectory directory,
        IReadOnlyDictionary<string, string>? environment = null,
        params string[] arguments
    )
    {
        var all = new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            ["DATA_DIRECTORY"] = directory.File("data"),
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            all[name] = value;
        }

        return ProcessHost.Start("FlowGpt.Silo", directory.Path, all, arguments);
    }

    /// <summary>Presents this key from now on.</summary>
    public SiloProcess UseKey(string key)
    {
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return this;
    }

    /// <summary>Presents the generated client key of the data directory.</summary>
    public SiloProcess UseGeneratedKey(TemporaryDirectory directory) => UseKey(File.ReadAllText(directory.File("data/api-key")).Trim());

    /// <summary>One chat completion; a conversation's when it is named.</summary>
    public async Task<(int Status, JsonNode Body)> ChatAsync(string text, string? conversation = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions");
        request.Content = new StringContent(
            new JsonObject
            {
                ["model"] = "gpt-4-free",
                ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = text }),
            }.ToJsonString(),
            new MediaTypeHeaderValue("application/json")
        );
        if (conversation is not null)
        {
            request.Headers.Add("X-Conversation-Id", conversation);
        }

        using var response = await Http.SendAsync(request);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Host.DisposeAsync();
    }

    /// <summary>The address that a silo or an API process printed when it was ready; null before that.</summary>
    public static Uri? ReadAddress(string output)
    {
        foreach (var line in output.Split('\n'))
        {
            if (line.Contains("\"Ready on ", StringComparison.Ordinal))
            {
                return new Uri((string)JsonNode.Parse(line)![nameof(Address)]!);
            }
        }

        return null;
    }
}
