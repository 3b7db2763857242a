using FlowGpt.Grains.Interfaces.Digests;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Tests.Unit.Blame;

/// <summary>The true fault of an account.</summary>
public enum Sickness
{
    None,
    RefusesAll,
    Unauthorized,
    OutOfCredit,
    LacksAModel,
    RefusesAtRandom,
    Fails,
}

/// <summary>The true fault of the whole upstream, for some time.</summary>
public enum Outage
{
    None,
    Fails,
    Unauthorized,

    /// <summary>Refuses every signature, as an upstream does whose clock differs from ours.</summary>
    RefusesAll,
}

/// <summary>A world in which every fault is known.</summary>
/// <param name="Accounts">The fault of each account.</param>
/// <param name="Poisoned">How many of 100 requests are refused by every account.</param>
/// <param name="Deadly">How many of 100 requests make every account fail.</param>
/// <param name="Outage">The upstream's fault, from 30 s to 45 s.</param>
/// <param name="Burst">How many requests come at once, at 5 s and in the middle.</param>
/// <param name="Seed">Decides everything else.</param>
public sealed record BlameTruth(Sickness[] Accounts, int Poisoned, int Deadly, Outage Outage, int Burst, int Seed)
{
    public const string MissingModel = "rare";

    /// <summary>How many threads of one client key send requests, one after the other, that every account refuses; all different.</summary>
    public int Abusers { get; init; }

    public static readonly TimeSpan OutageFrom = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan OutageTo = TimeSpan.FromSeconds(45);

    /// <summary>How an account answers; null when it serves.</summary>
    internal UpstreamFailure? Answer(int account, TestRequest request, TimeSpan at, Random random)
    {
        if (Outage != Outage.None && at >= OutageFrom && at < OutageTo)
        {
            return Outage switch
            {
                Outage.Fails => Failure(FailureReason.ServerError, 500),
                Outage.Unauthorized => Failure(FailureReason.Unauthorized, 401),
                _ => Failure(FailureReason.Refused, 403),
            };
        }

        return Accounts[account] switch
        {
            Sickness.Unauthorized => Failure(FailureReason.Unauthorized, 401),
            Sickness.OutOfCredit => Failure(FailureReason.QuotaExceeded, 402),
            Sickness.RefusesAll => Failure(FailureReason.Refused, 400),
            Sickness.Fails => Failure(FailureReason.ServerError, 500),
            _ when request.IsPoisoned => Failure(FailureReason.Refused, 403),
            _ when request.IsDeadly => Failure(FailureReason.ServerError, 500),
            Sickness.LacksAModel when request.Model == MissingModel => Failure(FailureReason.ModelMissing, 404),
            Sickness.RefusesAtRandom when random.Next(100) < 15 => Failure(FailureReason.Refused, 400),
            _ => null,
        };
    }

    /// <summary>Whether an account is to blame when it fails this request.</summary>
    internal bool IsSickFor(int account, TestRequest request) =>
        Accounts[account] switch
        {
            Sickness.None => false,
            Sickness.LacksAModel => request.Model == MissingModel,
            _ => true,
        };

    public override string ToString() =>
        $"[{string.Join(", ", Accounts)}] poisoned {Poisoned} deadly {Deadly} outage {Outage} burst {Burst} seed {Seed} abusers {Abusers}";

    private static UpstreamFailure Failure(FailureReason reason, int status) => new(FailureClass.Caller, reason, status, null, "");
}

/// <summary>A request of a world.</summary>
internal sealed record TestRequest(int Number, string Key, string Model, Digest Fingerprint, bool IsPoisoned, bool IsDeadly);
