using System.Globalization;
using System.Text;

namespace FlowGpt.Admin.Contracts.Transport;

/// <summary>Builds the query of an address; parameters that are null or empty are left out.</summary>
internal sealed class AdminQuery
{
    private readonly StringBuilder _text = new();

    public AdminQuery Add(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            Append(name, value);
        }

        return this;
    }

    public AdminQuery Add(string name, int? value) => Add(name, value?.ToString(CultureInfo.InvariantCulture));

    public AdminQuery Add(string name, DateTimeOffset? value) =>
        Add(name, value?.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));

    /// <summary>Adds one parameter for each value; an empty value is added too.</summary>
    public AdminQuery Add(string name, IEnumerable<string> values)
    {
        foreach (var value in values)
        {
            Append(name, value);
        }

        return this;
    }

    /// <summary>The query with its question mark; empty without parameters.</summary>
    public override string ToString() => _text.ToString();

    private void Append(string name, string value) =>
        _text.Append(_text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
}

/// <summary>Parts of an address's path.</summary>
internal static class AdminPath
{
    /// <summary>A name as one part of the path.</summary>
    /// <exception cref="ArgumentException">The name is <c>.</c> or <c>..</c>, which would lead to another address.</exception>
    public static string Part(string name) =>
        name is "." or ".." ? throw new ArgumentException($"'{name}' is no name: nothing can be called that.") : Uri.EscapeDataString(name);
}
