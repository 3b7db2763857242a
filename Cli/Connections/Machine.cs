using System.Collections;

namespace FlowGpt.Cli.Connections;

/// <summary>What the command line uses of its machine; a test gives it other values.</summary>
/// <param name="Variables">Environment variables.</param>
/// <param name="ProfileFile">Where <c>flowgpt login</c> keeps addresses and keys.</param>
/// <param name="Input">Standard input.</param>
/// <param name="IsInputRedirected">Whether standard input is a file or a pipe.</param>
/// <param name="Handler">Sends all requests.</param>
/// <param name="Time">The clock.</param>
public sealed record Machine(
    IReadOnlyDictionary<string, string> Variables,
    string ProfileFile,
    TextReader Input,
    bool IsInputRedirected,
    HttpMessageHandler Handler,
    TimeProvider Time
)
{
    /// <summary>This machine.</summary>
    /// <param name="handler">Sends all requests.</param>
    public static Machine Current(HttpMessageHandler handler)
    {
        var variables = Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .ToDictionary(static one => (string)one.Key, static one => (string?)one.Value ?? "", StringComparer.Ordinal);
        var folder = Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return new(
            variables,
            Path.Combine(folder, "flowgpt", "cli.json"),
            Console.In,
            Console.IsInputRedirected,
            handler,
            TimeProvider.System
        );
    }

    /// <summary>A variable; null when it is not set or empty.</summary>
    public string? Variable(string name) => Variables.TryGetValue(name, out var value) && value.Length > 0 ? value : null;
}
