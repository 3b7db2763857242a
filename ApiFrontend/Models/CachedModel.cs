using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FlowGpt.ApiFrontend.Models;

/// <summary>A model with what every response about it repeats.</summary>
internal sealed class CachedModel
{
    public CachedModel(Route entry)
    {
        Entry = entry;
        var id = JsonEncodedText.Encode(entry.Id, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        JsonMembers = $$"""
            "model":"{{id}}","service_tier":"default","system_fingerprint":"{{Fingerprint(entry)}}"
            """;
    }

    public Route Entry { get; }

    /// <summary>The members <c>model</c>, <c>service_tier</c> and <c>system_fingerprint</c> as JSON, without braces.</summary>
    public string JsonMembers { get; }

    /// <summary>Changes when another backend answers under the same id.</summary>
    private static string Fingerprint(Route entry)
    {
        var targets = entry.Targets.Select(static target =>
            $"{target}?{string.Join('&', target.Options.OrderBy(static option => option.Key, StringComparer.Ordinal))}"
        );
        var backend = $"{string.Join(';', targets)}/{entry.CleanResponsePrefix}";
        return "fp_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(backend)).AsSpan(0, 5));
    }
}
