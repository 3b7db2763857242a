using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Grains.Upstreams;

/// <summary>The prompt of a turn for a model that is asked in text alone.</summary>
/// <param name="Tokens">Tokens of the whole prompt.</param>
/// <param name="ToolTokens">How many of them tools take.</param>
/// <param name="Problem">Why the model cannot be asked so; null when it can.</param>
public readonly record struct TextPromptSize(int Tokens, int ToolTokens, TurnError? Problem);
