using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Accounts;

/// <summary>The result of a change of an account: exactly one of the nested kinds.</summary>
[GenerateSerializer, Immutable, Alias("flowgpt.AccountChangeResult")]
public abstract record AccountChangeResult
{
    private AccountChangeResult() { }

    /// <summary>It is stored, and its pool works by it.</summary>
    /// <param name="Pool">The pool that the account is in now.</param>
    [GenerateSerializer, Immutable, Alias("flowgpt.AccountChangeResult.Done")]
    public sealed record Done([property: Id(0)] string Pool) : AccountChangeResult;

    /// <summary>The pool has no such account.</summary>
    [GenerateSerializer, Immutable, Alias("flowgpt.AccountChangeResult.NotFound")]
    public sealed record NotFound : AccountChangeResult;

    /// <summary>It contradicts what there is: a name or an upstream account twice, or a field that the configuration owns.</summary>
    /// <param name="Field">The field; null when it is the account as a whole.</param>
    /// <param name="Problem">What is wrong and what to do. Never quotes a secret.</param>
    [GenerateSerializer, Immutable, Alias("flowgpt.AccountChangeResult.Conflict")]
    public sealed record Conflict([property: Id(0)] string? Field, [property: Id(1)] string Problem) : AccountChangeResult;

    /// <summary>Values that no account can have.</summary>
    /// <param name="Problems">All problems, each as field and reason. Never quotes a secret.</param>
    [GenerateSerializer, Immutable, Alias("flowgpt.AccountChangeResult.Invalid")]
    public sealed record Invalid([property: Id(0)] ImmutableArray<FieldProblem> Problems) : AccountChangeResult;
}
