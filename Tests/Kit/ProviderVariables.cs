using System.Runtime.CompilerServices;

namespace FlowGpt.Tests.Kit;

/// <summary>Environment variables with keys of providers, which the person who runs the tests may have set: no test may use one, in this process or in one that it starts.</summary>
internal static class ProviderVariables
{
    public static IReadOnlyList<string> Names { get; } = ["OPENAI_API_KEY", "OPENAI_BASE_URL", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"];

    [ModuleInitializer]
    internal static void Clear()
    {
        foreach (var name in Names)
        {
            Environment.SetEnvironmentVariable(name, null);
        }
    }
}
