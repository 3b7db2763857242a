using FlowGpt.Simulator.Tokens;

namespace FlowGpt.Simulator.Chat;

/// <summary>
/// The size of a request's prompt. A token is a word (assumed; see <see cref="WordCount"/>).
/// </summary>
internal static class PromptSize
{
    public static (int Tokens, int Characters) Of(ChatRequest request)
    {
        var size = Plus((0, 0), request.Question);
        size = Plus(size, request.System);
        foreach (var message in request.History ?? [])
        {
            size = Plus(size, message.Content);
        }

        return size;
    }

    private static (int Tokens, int Characters) Plus((int Tokens, int Characters) size, string? text) =>
        text is null ? size : (size.Tokens + WordCount.Of(text), size.Characters + text.Length);
}
