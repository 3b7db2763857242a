using System.Text.Json.Serialization;
using FlowGpt.Simulator.Json;

namespace FlowGpt.Simulator.Accounts;

/// <summary>How an accepted request ended.</summary>
[JsonConverter(typeof(KebabEnumJsonConverter<ReplyEnd>))]
public enum ReplyEnd
{
    /// <summary>All of the reply was written.</summary>
    Completed,

    /// <summary>The client went away first.</summary>
    CutByClient,

    /// <summary>A fault ended it.</summary>
    CutByFault,
}
