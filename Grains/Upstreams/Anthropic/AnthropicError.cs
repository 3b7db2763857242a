using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Upstreams.Anthropic;

/// <summary>What a server says of a failure, for the classification; of it a client gets only a field's name, or what is wrong with the request. Pure.</summary>
/// <param name="Type">Such as <c>overloaded_error</c>; empty when there is none.</param>
/// <param name="Message">The server's words; empty when there are none.</param>
internal sealed record AnthropicError(string Type, string Message)
{
    private const int LongestParam = 200;

    /// <summary>Nothing is known.</summary>
    public static AnthropicError None { get; } = new("", "");

    /// <summary>The field that the words begin with, such as <c>messages.0.content</c>; null when they begin with none.</summary>
    public string? Param
    {
        get
        {
            var end = Message.IndexOf(':', StringComparison.Ordinal);
            return end is > 0 and <= LongestParam && Message.AsSpan(0, end).ContainsAnyExcept(FieldLetters) is false
                ? Message[..end]
                : null;
        }
    }

    private static System.Buffers.SearchValues<char> FieldLetters { get; } =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_.");

    /// <summary>Whether the words hold a phrase, in any case.</summary>
    public bool Says(string phrase) => Message.Contains(phrase, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a server that is not the provider itself says, in its own words, that the request is at fault.</summary>
    public bool IsOfRequest { get; private init; }

    /// <summary>Reads <c>{"type":"error","error":{…}}</c>, the inner object alone, or another server's form.</summary>
    public static AnthropicError Read(ReadOnlyMemory<byte> body)
    {
        var error = ServerError.Read(body);
        return new AnthropicError(error.Type == "error" ? "" : error.Type, error.Message)
        {
            IsOfRequest = error.IsOfRequest && !error.Type.EndsWith("_error", StringComparison.Ordinal),
        };
    }
}
