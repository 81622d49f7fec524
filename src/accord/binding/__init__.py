"""Room: binding. Ties the contract's resources and operations to tables, expressions and callables."""
