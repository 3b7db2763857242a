namespace FlowGpt.Grains.Upstreams.Decorators.Tools;

/// <summary>Recognizes the quotes that people put before an example.</summary>
internal static class Quotes
{
    /// <summary>Whether text ends with a quote that begins a quotation, and not with a quote that ends it.</summary>
    /// <param name="before">The last four bytes of the text; 0 where there are none.</param>
    public static bool IsOpening(uint before) =>
        (byte)before is (byte)'"' or (byte)'\''
            ? CanStandBefore((byte)(before >> 8))
            : (before & 0xFFFF) == 0xC2AB // «
                || (before & 0xFF_FFFF) is 0xE2809C or 0xE28098 or 0xE2809E or 0xE2809A; // “ ‘ „ ‚

    private static bool CanStandBefore(byte value) =>
        value is 0 or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)'(' or (byte)'[' or (byte)':' or (byte)',' or (byte)'=';
}
