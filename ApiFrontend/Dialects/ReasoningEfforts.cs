namespace FlowGpt.ApiFrontend.Dialects;

/// <summary>What clients may ask of a model's effort: OpenAI's words, and <c>default</c> and <c>auto</c> of other servers.</summary>
internal static class ReasoningEfforts
{
    public static readonly string[] Efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max", "default", "auto"];

    public static readonly string[] Verbosities = ["low", "medium", "high"];
}
