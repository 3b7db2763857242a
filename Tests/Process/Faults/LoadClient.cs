using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FlowGpt.Tests.Process.Faults;

/// <summary>Sends one request of the load and records the answer in it, and whether every byte belongs to this request.</summary>
internal static class LoadClient
{
    /// <param name="client">Sends to nginx.</param>
    /// <param name="request">The request, which gets the answer.</param>
    /// <param name="noted">Called after each piece of text.</param>
    /// <param name="deadline">When the client gives up.</param>
    /// <exception cref="OperationCanceledException">The client gave up.</exception>
    public static async Task SendAsync(HttpClient client, LoadRequest request, Action noted, CancellationToken deadline)
    {
        try
        {
            using var message = ToMessage(request);
            using var response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, deadline);
            request.Status = (int)response.StatusCode;
            if (!response.IsSuccessStatusCode)
            {
                request.End(LoadOutcome.Refused, CodeOf(await response.Content.ReadAsStringAsync(deadline)));
            }
            else if (request.Kind is LoadKind.Stream or LoadKind.LongStream)
            {
                await ReadStreamAsync(request, response, noted, deadline);
            }
            else
            {
                var body = JsonNode.Parse(await response.Content.ReadAsStringAsync(deadline))!;
                var text = (string?)body["choices"]?[0]?["message"]?["content"] ?? "";
                Note(request, body);
                request.End(text == request.Expected ? LoadOutcome.Served : Unlike(request, text));
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException)
        {
            request.End(request.Status == 0 ? LoadOutcome.Unreachable : LoadOutcome.Cut, exception.Message);
        }
    }

    private static HttpRequestMessage ToMessage(LoadRequest request)
    {
        var streamed = request.Kind is LoadKind.Stream or LoadKind.LongStream;
        var message = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = JsonContent.Create(
                new
                {
                    model = FaultCluster.Model,
                    stream = streamed,
                    stream_options = streamed ? new { include_usage = true } : null,
                    messages = new[] { new { role = "user", content = request.Question } },
                }
            ),
        };
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", FaultCluster.MasterKey);
        message.Headers.Add("X-Request-Id", request.Id);
        if (request.IdempotencyKey is { } key)
        {
            message.Headers.Add("Idempotency-Key", key);
        }

        if (request.Kind == LoadKind.Stored)
        {
            message.Headers.Add("X-Conversation-Id", $"c-{request.StartedAt:x}");
        }

        return message;
    }

    private static async Task ReadStreamAsync(LoadRequest request, HttpResponseMessage response, Action noted, CancellationToken deadline)
    {
        var text = new StringBuilder();
        var ended = false;
        try
        {
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(deadline));
            while (await lines.ReadLineAsync(deadline) is { } line)
            {
                if (line == "data: [DONE]")
                {
                    ended = true;
                }
                else if (line.StartsWith("data: ", StringComparison.Ordinal))
                {
                    var data = JsonNode.Parse(line[6..])!;
                    if (data["error"] is { } error)
                    {
                        request.End(IsOwn(request, text) ? LoadOutcome.ErrorEvent : LoadOutcome.Foreign, (string?)error["code"]);
                        return;
                    }

                    Note(request, data);
                    if (
                        data["choices"] is JsonArray { Count: > 0 } choices
                        && (string?)choices[0]?["delta"]?["content"] is { Length: > 0 } piece
                    )
                    {
                        text.Append(piece);
                        request.NoteText();
                        noted();
                    }
                }
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            request.End(IsOwn(request, text) ? LoadOutcome.Cut : LoadOutcome.Foreign, exception.Message);
            return;
        }

        request.End(
            !IsOwn(request, text) ? LoadOutcome.Foreign
            : !ended ? LoadOutcome.Cut
            : text.Length == request.Expected.Length ? LoadOutcome.Served
            : LoadOutcome.FakedEnd
        );
    }

    private static void Note(LoadRequest request, JsonNode data)
    {
        request.ResponseId = (string?)data["id"] ?? request.ResponseId;
        if (data["usage"] is { } usage)
        {
            request.PromptTokens = (int)usage["prompt_tokens"]!;
            request.CompletionTokens = (int)usage["completion_tokens"]!;
        }
    }

    private static bool IsOwn(LoadRequest request, StringBuilder text) =>
        request.Expected.StartsWith(text.ToString(), StringComparison.Ordinal);

    private static LoadOutcome Unlike(LoadRequest request, string text) =>
        request.Expected.StartsWith(text, StringComparison.Ordinal) ? LoadOutcome.FakedEnd : LoadOutcome.Foreign;

    private static string? CodeOf(string body)
    {
        try
        {
            return (string?)JsonNode.Parse(body)?["error"]?["code"];
        }
        catch (JsonException)
        {
            return body;
        }
    }
}
