namespace FlowGpt.Simulator.Behaviour;

/// <summary>How a line is written, where JSON and the protocol leave a choice.</summary>
/// <param name="CarriageReturn">End lines with <c>\r\n</c> rather than <c>\n</c>.</param>
/// <param name="EscapeNonAscii">Write every character beyond ASCII as <c>\uXXXX</c>.</param>
/// <param name="OmitLineEnd">End the line with nothing at all.</param>
internal readonly record struct FrameStyle(bool CarriageReturn, bool EscapeNonAscii, bool OmitLineEnd = false)
{
    public ReadOnlySpan<byte> LineEnd =>
        OmitLineEnd ? default
        : CarriageReturn ? "\r\n"u8
        : "\n"u8;
}
