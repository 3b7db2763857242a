using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using FlowGpt.Simulator.Hosting;

namespace FlowGpt.Tests.Unit.Simulator;

/// <summary>A client of the upstream's protocol for one simulator.</summary>
internal sealed class SimulatorClient : IAsyncDisposable
{
    private readonly HttpClient _http;

    private SimulatorClient(SimulatorHost host)
    {
        Host = host;
        _http = new HttpClient(new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero })
        {
            BaseAddress = host.Address,
            Timeout = TimeSpan.FromSeconds(30),
        };
    }

    public SimulatorHost Host { get; }

    public HttpClient Http => _http;

    public static CancellationToken Deadline => TestContext.Current.CancellationToken;

    public static async Task<SimulatorClient> StartAsync(SimulatorOptions? options = null) =>
        new(await SimulatorHost.StartAsync(options ?? new SimulatorOptions(), Deadline));

    /// <summary>Sends a chat request and returns when its headers have come.</summary>
    public Task<HttpResponseMessage> SendAsync(string account, object body, Action<HttpRequestMessage>? change = null) =>
        PostAsync("/v3/chat", Host.IssueToken(account), body, change);

    public async Task<HttpResponseMessage> PostAsync(
        string path,
        string? token,
        object body,
        Action<HttpRequestMessage>? change = null,
        CancellationToken leave = default
    )
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(Deadline, leave);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        change?.Invoke(request);
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
    }

    /// <summary>Asks one question without context.</summary>
    public Task<HttpResponseMessage> AskAsync(string account, string question, CancellationToken leave = default) =>
        PostAsync("/v3/chat", Host.IssueToken(account), Question(question), null, leave);

    /// <summary>Reads the body until its end or until it breaks off, and returns whether it ended in good order.</summary>
    public async Task<(byte[] Body, bool Whole)> ReadToBreakAsync(HttpResponseMessage response)
    {
        var body = new MemoryStream();
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(Deadline);
            await stream.CopyToAsync(body, Deadline);
            return (body.ToArray(), true);
        }
        catch (Exception exception) when (exception is HttpIOException or IOException)
        {
            return (body.ToArray(), false);
        }
    }

    /// <summary>Reads that many lines and leaves the rest.</summary>
    public static async Task<string> ReadLinesAsync(Stream body, int lines)
    {
        var text = new MemoryStream();
        var one = new byte[1];
        while (lines > 0)
        {
            await body.ReadExactlyAsync(one, Deadline);
            text.Write(one);
            lines -= one[0] == (byte)'\n' ? 1 : 0;
        }

        return System.Text.Encoding.UTF8.GetString(text.ToArray());
    }

    /// <summary>Asks one question and returns the text of the reply.</summary>
    public async Task<string> TextAsync(string account, string question)
    {
        using var response = await AskAsync(account, question);
        response.EnsureSuccessStatusCode();
        return TextOf(await response.Content.ReadAsByteArrayAsync(Deadline));
    }

    public async Task<string> CreateAsync(string account, params object[] messages)
    {
        using var response = await PostAsync(
            "/conversation/create",
            Host.IssueToken(account),
            new
            {
                promptId = "p",
                location = "CHAT_PAGE",
                messages,
            }
        );
        response.EnsureSuccessStatusCode();
        var created = await response.Content.ReadFromJsonAsync<JsonElement>(Deadline);
        return created.GetProperty("id").GetString()!;
    }

    public static object Question(string question, string? conversationId = null) =>
        new
        {
            model = "FlowGPT-Ares",
            promptId = "p",
            question,
            conversationId,
            documentIds = Array.Empty<string>(),
        };

    /// <summary>The text in a stream's frames, read as the protocol says: lines end at line feeds only, and unknown lines are skipped.</summary>
    public static string TextOf(byte[] body)
    {
        var text = new System.Text.StringBuilder();
        foreach (var line in Lines(body))
        {
            try
            {
                using var json = JsonDocument.Parse(line);
                if (
                    json.RootElement is { ValueKind: JsonValueKind.Object } root
                    && root.TryGetProperty("event", out var kind)
                    && kind.ValueKind == JsonValueKind.String
                    && kind.GetString() == "text"
                    && root.TryGetProperty("data", out var data)
                    && data.ValueKind == JsonValueKind.String
                )
                {
                    text.Append(data.GetString());
                }
            }
            catch (JsonException)
            {
                continue;
            }
        }

        return text.ToString();
    }

    public static IReadOnlyList<byte[]> Lines(byte[] body)
    {
        var lines = new List<byte[]>();
        var start = 0;
        for (var i = 0; i < body.Length; i++)
        {
            if (body[i] == (byte)'\n')
            {
                lines.Add(body[start..i]);
                start = i + 1;
            }
        }

        if (start < body.Length)
        {
            lines.Add(body[start..]);
        }

        return lines;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Host.DisposeAsync();
    }
}
