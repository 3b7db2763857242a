namespace FlowGpt.Simulator.Replies;

/// <summary>Finds names of tools in questions.</summary>
internal static class ToolName
{
    /// <summary>Whether a question names a tool, and not only a word that begins alike.</summary>
    public static bool IsIn(string question, string name)
    {
        var at = question.IndexOf(name, StringComparison.Ordinal);
        return at >= 0
            && (at == 0 || !IsNamePart(question[at - 1]))
            && (at + name.Length == question.Length || !IsNamePart(question[at + name.Length]));
    }

    private static bool IsNamePart(char character) => char.IsLetterOrDigit(character) || character is '_' or '-';
}
