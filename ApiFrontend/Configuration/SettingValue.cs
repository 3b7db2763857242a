using System.Globalization;

namespace FlowGpt.ApiFrontend.Configuration;

/// <summary>The outcome of reading one setting's text: the value in the form of its configuration key, or what is wrong and how to put it right.</summary>
internal readonly record struct SettingValue(string? Value, string? Problem)
{
    private const int MaxSeconds = 3600;

    /// <summary>A number of seconds from 1 to 3600, or to another maximum, as a length of time.</summary>
    public static SettingValue TimeOfSeconds(string text, int most = MaxSeconds) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds >= 1 && seconds <= most
            ? Good(TimeSpan.FromSeconds(seconds).ToString("c", CultureInfo.InvariantCulture))
            : Bad($"is not a number of seconds from 1 to {most}. Give for example 120.");

    /// <summary>An absolute http or https address.</summary>
    public static SettingValue HttpAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? Good(text)
            : Bad("is not an http or https address. Give for example https://prod-backend-k8s.flowgpt.com.");

    /// <summary>One of the named values, in any case.</summary>
    public static SettingValue OneOf(string text, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (string.Equals(name, text, StringComparison.OrdinalIgnoreCase))
            {
                return Good(name);
            }
        }

        return Bad($"is not known. Give one of {string.Join(", ", names!)}.");
    }

    /// <summary>Addresses to listen on, separated by semicolons; <c>*</c> and <c>+</c> mean every host.</summary>
    public static SettingValue ListenAddresses(string text)
    {
        foreach (var address in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var plain = address.Replace("//*", "//any", StringComparison.Ordinal).Replace("//+", "//any", StringComparison.Ordinal);
            if (!Uri.TryCreate(plain, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("http" or "https"))
            {
                return Bad($"holds \"{address}\", which is not an address to listen on. Give for example http://localhost:8088.");
            }
        }

        return Good(text);
    }

    private static SettingValue Good(string value) => new(value, null);

    private static SettingValue Bad(string problem) => new(null, problem);
}
