using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;
using Microsoft.Extensions.Options;

namespace FlowGpt.Simulator.Hosting;

/// <summary>Checks the options before anything is started, and names every problem at once.</summary>
public sealed class SimulatorOptionsValidator : IValidateOptions<SimulatorOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, SimulatorOptions options)
    {
        var problems = Problems(options).ToArray();
        return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(SimulatorOptions options)
    {
        foreach (var url in ListenAddress.Split(options.Urls))
        {
            if (ListenAddress.Parse(url) is null)
            {
                yield return $"Urls: '{url}' must be like http://127.0.0.1:8089 (http, an IP address, localhost or *, and a port)";
            }
        }

        foreach (var (field, value) in Capacities(options))
        {
            if (value < 1)
            {
                yield return $"{field}: must be 1 or more";
            }
        }

        if (options.SignatureSkew < TimeSpan.Zero)
        {
            yield return "SignatureSkew: must not be negative";
        }

        if (options.DisconnectGrace < TimeSpan.Zero)
        {
            yield return "DisconnectGrace: must not be negative";
        }

        if (options.TokenLifetime <= TimeSpan.Zero)
        {
            yield return "TokenLifetime: must be positive";
        }

        if (options.OpenAi.KeyHeader.Length == 0)
        {
            yield return "OpenAi.KeyHeader: must name a header";
        }

        if (options.OpenAi.Models.Any(model => string.IsNullOrEmpty(model.Id) || model.ContextTokens < 1))
        {
            yield return "OpenAi.Models: each must have an Id, and ContextTokens of 1 or more or none";
        }

        foreach (var (field, problem) in LimitRules.Problems(options.DefaultLimits))
        {
            yield return $"DefaultLimits.{field}: {problem}";
        }

        foreach (var (field, problem) in BehaviourRules.Problems(options.Behaviour))
        {
            yield return $"Behaviour.{field}: {problem}";
        }
    }

    private static IEnumerable<(string Field, long Value)> Capacities(SimulatorOptions options) =>
        [
            (nameof(options.MaxAccounts), options.MaxAccounts),
            (nameof(options.NonceCapacity), options.NonceCapacity),
            (nameof(options.ExchangeCapacity), options.ExchangeCapacity),
            (nameof(options.ExchangeCharacters), options.ExchangeCharacters),
            (nameof(options.ConversationCapacity), options.ConversationCapacity),
        ];
}
