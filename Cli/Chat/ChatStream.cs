using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using FlowGpt.Cli.Connections;

namespace FlowGpt.Cli.Chat;

/// <summary>Asks a model over <c>/v1/chat/completions</c>, streamed.</summary>
internal sealed class ChatStream(HttpClient http, string key, string model)
{
    private readonly List<(string Role, string Text)> _messages = [];

    /// <summary>The model's answer piece by piece. The conversation so far is sent along; a question that failed is removed from it.</summary>
    /// <exception cref="UsageException">The gateway refused the question.</exception>
    public async IAsyncEnumerable<string> AskAsync(string question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = Body(question) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new UsageException(ErrorOf(await response.Content.ReadAsStringAsync(cancellationToken), (int)response.StatusCode));
        }

        await using var content = await response.Content.ReadAsStreamAsync(cancellationToken);
        var answer = new StringBuilder();
        await foreach (
            var frame in SseParser.Create(content, static (_, data) => Encoding.UTF8.GetString(data)).EnumerateAsync(cancellationToken)
        )
        {
            if (TextOf(frame.Data) is { Length: > 0 } text)
            {
                answer.Append(text);
                yield return text;
            }
        }

        _messages.Add(("user", question));
        _messages.Add(("assistant", answer.ToString()));
    }

    /// <summary>Begins a new conversation.</summary>
    public void Forget() => _messages.Clear();

    private ByteArrayContent Body(string question)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("model", model);
            json.WriteBoolean("stream", true);
            json.WriteStartArray("messages");
            foreach (var (role, text) in _messages.Append(("user", question)))
            {
                json.WriteStartObject();
                json.WriteString("role", role);
                json.WriteString("content", text);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return new ByteArrayContent(buffer.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
    }

    /// <exception cref="UsageException">The frame is an error.</exception>
    private static string? TextOf(string data)
    {
        if (data == "[DONE]")
        {
            return null;
        }

        using var frame = JsonDocument.Parse(data);
        if (frame.RootElement.TryGetProperty("error", out _))
        {
            throw new UsageException(ErrorOf(data, status: 0));
        }

        return
            frame.RootElement.TryGetProperty("choices", out var choices)
            && choices.GetArrayLength() > 0
            && choices[0].TryGetProperty("delta", out var delta)
            && delta.TryGetProperty("content", out var content)
            ? content.GetString()
            : null;
    }

    private static string ErrorOf(string body, int status)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.GetProperty("error").GetProperty("message").GetString() ?? $"Status {status}.";
        }
        catch (Exception problem) when (problem is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"The gateway answered with status {status}.";
        }
    }
}
