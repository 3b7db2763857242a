namespace FlowGpt.Grains.Isolation;

/// <summary>Asks the store that holds the table of silos what it says of this one.</summary>
public interface ITableProbe
{
    /// <summary>Reads the table from the store, never from a cache. Throws when the store does not answer; may take long.</summary>
    Task<TableState> Ask();
}
