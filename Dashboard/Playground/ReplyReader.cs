using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FlowGpt.Dashboard.Playground;

/// <summary>The result of a request of the playground.</summary>
public sealed class Reply
{
    /// <summary>The text so far.</summary>
    public StringBuilder Text { get; } = new();

    /// <summary>The reasoning so far.</summary>
    public StringBuilder Reasoning { get; } = new();

    /// <summary>Tool calls so far, as JSON.</summary>
    public SortedDictionary<int, (string Name, string Arguments)> Tools { get; } = [];

    /// <summary>The HTTP status.</summary>
    public int Status { get; set; }

    /// <summary>The request's id in the gateway's log.</summary>
    public string? RequestId { get; set; }

    /// <summary>The response's id.</summary>
    public string? ResponseId { get; set; }

    /// <summary>Why the reply ended.</summary>
    public string? FinishReason { get; set; }

    /// <summary>Tokens of the prompt.</summary>
    public long? Input { get; set; }

    /// <summary>Tokens of the reply.</summary>
    public long? Output { get; set; }

    /// <summary>Time from the request to the first text.</summary>
    public TimeSpan? FirstToken { get; set; }

    /// <summary>Time from the request to the end.</summary>
    public TimeSpan? Total { get; set; }

    /// <summary>The account that served; null when no account did or when the account is not known.</summary>
    public string? Account { get; set; }

    /// <summary>How many accounts were tried; null when that is not known.</summary>
    public int? Attempts { get; set; }

    /// <summary>What went wrong; null when nothing did.</summary>
    public ReplyError? Problem { get; set; }

    /// <summary>Whether the connection ended before the reply did.</summary>
    public bool IsCut { get; set; }
}

/// <summary>An error that the gateway answered.</summary>
/// <param name="Message">For people; null when the answer was not the gateway's.</param>
/// <param name="Param">The field that the error is about; null when the error is about none.</param>
public sealed record ReplyError(string? Message, string? Param);

/// <summary>Sends a chat request as a client does and reads the reply while it comes.</summary>
public sealed class ReplyReader(HttpClient http, TimeProvider time)
{
    /// <summary>Sends the request.</summary>
    /// <param name="key">A client key.</param>
    /// <param name="body">The request's body.</param>
    /// <param name="changed">Called whenever the reply has changed.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public async Task<Reply> SendAsync(string key, JsonObject body, Action<Reply> changed, CancellationToken cancellationToken)
    {
        var reply = new Reply();
        var began = time.GetTimestamp();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("v1/chat/completions", UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        reply.Status = (int)response.StatusCode;
        reply.RequestId = response.Headers.TryGetValues("x-request-id", out var ids) ? ids.FirstOrDefault() : null;
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        if (response.Content.Headers.ContentType?.MediaType != "text/event-stream")
        {
            Take(reply, Parse(await reader.ReadToEndAsync(cancellationToken)), "message");
            reply.Problem ??= response.IsSuccessStatusCode ? null : new(null, null);
        }
        else
        {
            while (await ReadLineAsync(reader, reply, cancellationToken) is { } line)
            {
                if (line.StartsWith("data: {", StringComparison.Ordinal))
                {
                    Take(reply, Parse(line["data: ".Length..]), "delta");
                    if (reply.Text.Length + reply.Reasoning.Length + reply.Tools.Count > 0)
                    {
                        reply.FirstToken ??= time.GetElapsedTime(began);
                    }

                    changed(reply);
                }
            }
        }

        reply.Total = time.GetElapsedTime(began);
        return reply;
    }

    private static async Task<string?> ReadLineAsync(StreamReader reader, Reply reply, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadLineAsync(cancellationToken);
        }
        catch (Exception cut) when (cut is HttpRequestException or IOException)
        {
            // The text so far stays shown; an error event of the gateway says more than this exception.
            reply.IsCut = true;
            reply.Problem ??= new(null, null);
            return null;
        }
    }

    /// <summary>The JSON object of a text; null when the text is something else, such as a proxy's web page.</summary>
    private static JsonObject? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Take(Reply reply, JsonObject? json, string part)
    {
        if (json?["error"] is JsonObject error)
        {
            reply.Problem = new((string?)error["message"], (string?)error["param"]);
        }

        reply.ResponseId = (string?)json?["id"] ?? reply.ResponseId;
        if (json?["usage"] is { } usage)
        {
            (reply.Input, reply.Output) = ((long?)usage["prompt_tokens"], (long?)usage["completion_tokens"]);
        }

        if (json?["choices"] is not JsonArray { Count: > 0 } choices)
        {
            return;
        }

        var content = choices[0]?[part];
        reply.Text.Append((string?)content?["content"]);
        reply.Reasoning.Append((string?)content?["reasoning_content"] ?? (string?)content?["reasoning"]);
        reply.FinishReason = (string?)choices[0]?["finish_reason"] ?? reply.FinishReason;
        foreach (var call in content?["tool_calls"] as JsonArray ?? [])
        {
            var at = (int?)call?["index"] ?? reply.Tools.Count;
            var known = reply.Tools.GetValueOrDefault(at, ("", ""));
            reply.Tools[at] = (known.Item1 + (string?)call?["function"]?["name"], known.Item2 + (string?)call?["function"]?["arguments"]);
        }
    }
}
