namespace FlowGpt.Tests.Process.Faults;

/// <summary>How well the books must agree with what the upstream did.</summary>
internal enum Bookkeeping
{
    /// <summary>To the last call and token, and nothing is an estimate.</summary>
    Exact,

    /// <summary>To the last call, but for records that are flagged as estimates.</summary>
    Estimates,

    /// <summary>Redis lost its records: of what began after it was back, as <see cref="Estimates"/>; what was booked before is gone.</summary>
    OfWhatCameAfter,
}
