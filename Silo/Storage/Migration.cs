using System.Reflection;

namespace FlowGpt.Silo.Storage;

/// <summary>One step of the data file's format. A released step is never changed.</summary>
/// <param name="Version">The format's version after this step; steps are numbered from 1 without gaps.</param>
/// <param name="Name">What the step does, for the log.</param>
/// <param name="Script">SQL that runs inside one transaction together with the other steps that are due.</param>
internal sealed record Migration(int Version, string Name, string Script)
{
    private const string Prefix = "FlowGpt.Silo.Storage.Migrations.";

    /// <summary>Files of a version below this are of a form that this program cannot read.</summary>
    public const int OldestReadable = 3;

    /// <summary>The steps of this program, in order: the embedded files <c>Migrations/NNNN-name.sql</c>.</summary>
    public static IReadOnlyList<Migration> All { get; } =
    [
        .. Assembly
            .GetExecutingAssembly()
            .GetManifestResourceNames()
            .Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(static name => Read(name))
            .OrderBy(static migration => migration.Version),
    ];

    private static Migration Read(string resource)
    {
        var name = Path.GetFileNameWithoutExtension(resource[Prefix.Length..]);
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        return new Migration(int.Parse(name.AsSpan(0, 4)), name[5..], reader.ReadToEnd());
    }
}
