namespace FlowGpt.Simulator.Accounts;

/// <summary>How an accepted request ended.</summary>
public enum ReplyEnd
{
    /// <summary>All of the reply was written.</summary>
    Completed,

    /// <summary>The client went away first.</summary>
    CutByClient,

    /// <summary>A fault ended it.</summary>
    CutByFault,
}
