using System.Text;
using FlowGpt.Grains.Upstreams.OpenAi;

namespace FlowGpt.Tests.Unit.Upstreams.OpenAi;

/// <summary>Reads bodies of replies as the product does, without a server.</summary>
internal static class ChatBody
{
    public static string Chunk(string delta, string finish = "null") =>
        $$"""{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{finish}}}]}""";

    public static string Event(string data) => $"data: {data}\n\n";

    /// <summary>A stream of deltas with a proper end.</summary>
    public static string Stream(params string[] deltas) =>
        string.Concat(deltas.Select(delta => Event(Chunk(delta)))) + Event(Chunk("{}", "\"stop\"")) + Event("[DONE]");

    public static Task<ReplyBody.Outcome> ReadAsync(string body, int pieceLength = int.MaxValue, OpenAiOptions? options = null) =>
        ReadAsync(Encoding.UTF8.GetBytes(body), pieceLength, options);

    /// <summary>Reads a body that comes in pieces of a length.</summary>
    public static Task<ReplyBody.Outcome> ReadAsync(byte[] body, int pieceLength = int.MaxValue, OpenAiOptions? options = null)
    {
        var calls = 0;
        return ReplyBody.ReadAsync(body, new ChatReplyReader(() => $"made_{++calls}", 200), options ?? new OpenAiOptions(), pieceLength);
    }
}
