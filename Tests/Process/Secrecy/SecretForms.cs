using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FlowGpt.Tests.Process.Secrecy;

/// <summary>The forms in which a text may be in a program's outputs, as bytes to search for.</summary>
internal static class SecretForms
{
    /// <summary>Long secrets are also searched for by halves, so that a secret that was cut is found.</summary>
    private const int HalvedFrom = 48;

    public static IReadOnlyList<(string Form, byte[] Bytes)> Of(string secret)
    {
        var forms = new List<(string Form, byte[] Bytes)>();
        foreach (var (part, text) in Parts(secret))
        {
            var plain = Encoding.UTF8.GetBytes(text);
            Add(forms, $"{part}plain", plain);
            Add(forms, $"{part}in UTF-16", Encoding.Unicode.GetBytes(text));
            Add(forms, $"{part}in hex", Encoding.ASCII.GetBytes(Convert.ToHexStringLower(plain)));
            Add(forms, $"{part}in hex", Encoding.ASCII.GetBytes(Convert.ToHexString(plain)));
            Add(forms, $"{part}URL-encoded", Encoding.UTF8.GetBytes(Uri.EscapeDataString(text)));
            Add(forms, $"{part}form-encoded", Encoding.UTF8.GetBytes(System.Net.WebUtility.UrlEncode(text)));
            foreach (var escaped in Escaped(text))
            {
                Add(forms, $"{part}JSON-escaped", Encoding.UTF8.GetBytes(escaped));
            }

            for (var before = 0; before < 3; before++)
            {
                var base64 = InBase64(plain, before);
                Add(forms, $"{part}in base64", Encoding.ASCII.GetBytes(base64));
                Add(forms, $"{part}in base64url", Encoding.ASCII.GetBytes(base64.Replace('+', '-').Replace('/', '_')));
            }
        }

        return forms;
    }

    private static IEnumerable<(string Part, string Text)> Parts(string secret)
    {
        yield return ("", secret);
        if (secret.Length >= HalvedFrom)
        {
            yield return ("first half ", secret[..(secret.Length / 2)]);
            yield return ("second half ", secret[(secret.Length / 2)..]);
        }
    }

    // Escaped once, and twice for JSON inside of JSON; by the default encoder and by the one that escapes as little as possible.
    private static IEnumerable<string> Escaped(string text)
    {
        foreach (var encoder in (JavaScriptEncoder[])[JavaScriptEncoder.Default, JavaScriptEncoder.UnsafeRelaxedJsonEscaping])
        {
            var once = JsonEncodedText.Encode(text, encoder).Value;
            yield return once;
            yield return JsonEncodedText.Encode(once, encoder).Value;
        }
    }

    /// <summary>
    /// The characters of a text in base64 that do not depend on its neighbours, when the text begins after this many other bytes, modulo three: those that only its
    /// bits decide.
    /// </summary>
    private static string InBase64(byte[] plain, int before)
    {
        var base64 = Convert.ToBase64String([.. new byte[before], .. plain]);
        var first = before == 0 ? 0 : before + 1;
        var whole = (before + plain.Length) * 8 / 6;
        return base64[first..whole];
    }

    private static void Add(List<(string Form, byte[] Bytes)> forms, string form, byte[] bytes)
    {
        if (!forms.Exists(known => known.Bytes.AsSpan().SequenceEqual(bytes)))
        {
            forms.Add((form, bytes));
        }
    }
}
