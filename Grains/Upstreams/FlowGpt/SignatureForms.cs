namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>The names of <see cref="SignatureForm"/> in configuration.</summary>
public static class SignatureForms
{
    public const string DashAuthorization = "dash-authorization";
    public const string ConcatenatedDevice = "concatenated-device";
    public const string ColonDevice = "colon-device";

    /// <summary>Every name, for messages.</summary>
    public static IReadOnlyList<string> Names { get; } = [DashAuthorization, ConcatenatedDevice, ColonDevice];

    /// <summary>Reads a name, in any case.</summary>
    public static bool TryParse(string? name, out SignatureForm form)
    {
        (var known, form) = name?.ToLowerInvariant() switch
        {
            DashAuthorization => (true, SignatureForm.DashAuthorization),
            ConcatenatedDevice => (true, SignatureForm.ConcatenatedDevice),
            ColonDevice => (true, SignatureForm.ColonDevice),
            _ => (false, default),
        };
        return known;
    }
}
