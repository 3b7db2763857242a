namespace FlowGpt.Simulator.Conversations;

/// <summary>A part of a message that is not text.</summary>
/// <param name="Kind"><c>image</c>, <c>file</c> or <c>audio</c>.</param>
/// <param name="MediaType">Its media type, if the request told one.</param>
/// <param name="Bytes">Its size; 0 when the request only pointed to it.</param>
/// <param name="Reference">Its address, file id or file name, if it has one.</param>
public sealed record SentPart(string Kind, string? MediaType, int Bytes, string? Reference);
