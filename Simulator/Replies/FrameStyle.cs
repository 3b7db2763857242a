namespace FlowGpt.Simulator.Replies;

/// <summary>How a line is written, where JSON and the protocol leave a choice.</summary>
/// <param name="CarriageReturn">End lines with <c>\r\n</c> rather than <c>\n</c>.</param>
/// <param name="EscapeNonAscii">Write every character beyond ASCII as <c>\uXXXX</c>.</param>
internal readonly record struct FrameStyle(bool CarriageReturn, bool EscapeNonAscii);
