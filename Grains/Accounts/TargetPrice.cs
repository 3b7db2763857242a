using FlowGpt.Grains.Interfaces.Models;

namespace FlowGpt.Grains.Accounts;

/// <summary>What the tokens of one target cost.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Model">The provider's name of the model.</param>
/// <param name="Price">The price.</param>
public sealed record TargetPrice(string Pool, string Model, TokenPrice Price);
