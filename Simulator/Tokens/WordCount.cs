namespace FlowGpt.Simulator.Tokens;

/// <summary>
/// Counts the words of a text, which are its tokens (assumed): no tokeniser makes fewer tokens than words, so a client that counts with a
/// real one never seems to exceed a limit that it kept.
/// </summary>
internal static class WordCount
{
    public static int Of(string text)
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
