namespace FlowGpt.Grains.Isolation;

/// <summary>Asks the store of the table of silos for this silo's entry.</summary>
public interface ITableProbe
{
    /// <summary>Reads the table from the store, never from a cache. Throws when the store does not answer; may take long.</summary>
    Task<TableState> Ask();
}
