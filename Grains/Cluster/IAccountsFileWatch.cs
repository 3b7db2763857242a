using FlowGpt.Grains.Interfaces.Cluster;

namespace FlowGpt.Grains.Cluster;

/// <summary>What is wrong with this silo's accounts file, for code that reports to operators. Thread-safe.</summary>
public interface IAccountsFileWatch
{
    /// <summary>Null when all of it is in force, or there is no file.</summary>
    AccountsFileStatus? Status { get; }
}
