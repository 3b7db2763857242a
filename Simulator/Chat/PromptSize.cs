namespace FlowGpt.Simulator.Chat;

/// <summary>
/// The size of a request's prompt. A token is a word (assumed): no tokeniser makes fewer tokens than words, so a client that counts
/// with a real one never seems to exceed a limit that it kept.
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
        text is null ? size : (size.Tokens + Words(text), size.Characters + text.Length);

    private static int Words(string text)
    {
        var words = 0;
        var inside = false;
        foreach (var character in text)
        {
            var white = char.IsWhiteSpace(character);
            words += !white && !inside ? 1 : 0;
            inside = !white;
        }

        return words;
    }
}
