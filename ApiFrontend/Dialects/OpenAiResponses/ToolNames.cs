namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>The names by which a model knows tools that the dialect has its own form for.</summary>
internal static class ToolNames
{
    /// <summary>The tool by which a model asks the client for more tools.</summary>
    public const string ToolSearch = "tool_search";

    private const string Separator = "__";

    /// <summary>The name of a tool of a namespace; the tool's own name where there is no namespace.</summary>
    public static string Of(string? space, string name) => string.IsNullOrEmpty(space) ? name : $"{space}{Separator}{name}";
}
