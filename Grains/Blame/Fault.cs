using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Blame;

/// <summary>What is at fault for a failure, by how its provider kind read it.</summary>
public enum Fault
{
    /// <summary>The account's for certain: its credential is refused or expired, or its credit is used up.</summary>
    Account,

    /// <summary>The account's limits: it rests, and nothing else is held against it.</summary>
    Limit,

    /// <summary>The request's for certain: the provider named what is wrong with it.</summary>
    Request,

    /// <summary>The account's or the request's: a second opinion decides.</summary>
    Provisional,

    /// <summary>The service's, unless it happens to one account alone.</summary>
    Service,

    /// <summary>Nothing is at fault: state of an earlier turn is gone.</summary>
    Nobody,
}

/// <summary>The fault for a failure's reason.</summary>
public static class Faults
{
    public static Fault Of(FailureReason reason) =>
        reason switch
        {
            FailureReason.Unauthorized or FailureReason.Expired or FailureReason.QuotaExceeded => Fault.Account,
            FailureReason.RateLimited => Fault.Limit,
            FailureReason.InvalidParameter or FailureReason.ContextTooLong or FailureReason.RequestTooLarge => Fault.Request,
            FailureReason.Refused or FailureReason.BadRequest or FailureReason.Forbidden or FailureReason.ModelMissing => Fault.Provisional,
            FailureReason.Gone or FailureReason.Unfit => Fault.Nobody,
            _ => Fault.Service,
        };
}
