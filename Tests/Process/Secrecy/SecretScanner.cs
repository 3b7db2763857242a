using System.Text;

namespace FlowGpt.Tests.Process.Secrecy;

/// <summary>Searches all outputs of a run for planted texts, and records where they were found.</summary>
internal sealed class SecretScanner
{
    private readonly List<(string Name, string Form, byte[] Bytes)> _patterns = [];
    private readonly List<string> _findings = [];

    /// <summary>The places in which a planted text was found and is not allowed.</summary>
    public IReadOnlyList<string> Findings => _findings;

    /// <summary>Searches for this text from now on.</summary>
    public SecretScanner Plant(string name, string secret)
    {
        foreach (var (form, bytes) in SecretForms.Of(secret))
        {
            _patterns.Add((name, form, bytes));
        }

        return this;
    }

    /// <summary>Scans an output. Texts whose names begin with <paramref name="allowed"/> may be there.</summary>
    public void Scan(string where, ReadOnlySpan<byte> output, string? allowed = null)
    {
        foreach (var (name, form, bytes) in _patterns)
        {
            if ((allowed is null || !name.StartsWith(allowed, StringComparison.Ordinal)) && output.IndexOf(bytes) is >= 0 and var at)
            {
                var around = output[Math.Max(0, at - 60)..Math.Min(output.Length, at + bytes.Length + 20)];
                _findings.Add($"{name} ({form}) in {where}: …{Encoding.UTF8.GetString(around)}…");
            }
        }
    }

    public void Scan(string where, string output, string? allowed = null) => Scan(where, Encoding.UTF8.GetBytes(output), allowed);

    /// <summary>Whether a text is in an output in any form: shows that the output is one in which a secret would be found.</summary>
    public static bool Finds(string text, ReadOnlySpan<byte> output) => new SecretScanner().Plant("canary", text).HasHit(output);

    /// <summary>Fails with every place in which something was found.</summary>
    public void AssertNothingFound() =>
        Assert.True(_findings.Count == 0, $"{_findings.Count} findings:\n" + string.Join("\n", _findings.Take(40)));

    private bool HasHit(ReadOnlySpan<byte> output)
    {
        Scan("", output);
        return _findings.Count > 0;
    }
}
